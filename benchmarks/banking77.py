"""A sheet made of what customers of a bank really wrote: BANKING77, thirty of its topics, each with a made-up answer.

Knows no model. The questions are not in this project: `python -m benchmarks.banking77 train.csv test.csv > FILE` takes
them from the data set's own two files (Casanueva et al. 2020, arXiv 2003.04807, CC BY 4.0, on GitHub in
PolyAI-LDN/task-specific-datasets); `python -m benchmarks.facts FILE` teaches two of each topic and asks four others.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

SEED = 7
LONGEST = 90  # characters
TAUGHT, ASKED = 2, 4
ANSWERS = {
    "getting_virtual_card": "A virtual card is ordered or reordered under Cards > Virtual and is ready in 2 minutes.",
    "card_swallowed": "If an ATM keeps your card, call 0800 55 17 and it comes back by post in 4 days.",
    "pin_blocked": "You unblock the PIN at our ATMs with the 8-digit rescue code from the app.",
    "balance_not_updated_after_bank_transfer": "A bank transfer shows in your balance after 2 working days.",
    "cancel_transfer": "A transfer can be cancelled or changed for 30 minutes after you send it, under History > Undo.",
    "unable_to_verify_identity": "To be identified call our agent on video, daily from 8 am to 9 pm.",
    "card_arrival": "A new card arrives within 6 working days, and its tracking number is under Cards > Delivery.",
    "pending_card_payment": "A card payment stays pending until the shop confirms it, which takes 3 days at most.",
    "balance_not_updated_after_cheque_or_cash_deposit": "Cash and cheques are in your balance on the 5th working day.",
    "transfer_fee_charged": "A transfer to another bank costs a fee of 0.80 euro, taken when you send it.",
    "declined_cash_withdrawal": "Cash withdrawals are declined once you have taken out 400 euros in a day.",
    "atm_support": "This card works at all 2,300 ATMs with the blue Orbit sign.",
    "card_acceptance": "The card is accepted wherever there is a Mastercard sign, in 44 countries.",
    "terminate_account": "You close your account with form K9 in the app, and it is deleted after 10 days.",
    "declined_card_payment": "After 5 contactless payments in a row you must pay once with your PIN.",
    "transfer_into_account": "You add money by bank transfer to the top-up IBAN ending in 7731.",
    "card_not_working": "If your card does not work, restart it under Cards > Reset and wait 20 minutes.",
    "automatic_top_up": "Auto top-up is switched on under Wallet > Auto and adds up to 250 euros a week.",
    "extra_charge_on_statement": "The charge of 1 pound or dollar is a card check and is paid back after 7 days.",
    "transfer_not_received_by_recipient": "A transfer arrives by noon on the third day at the latest.",
    "apple_pay_or_google_pay": "Top-ups with Apple Pay, Apple Watch or Google Pay work from app version 5.4 on.",
    "request_refund": "A purchase is cancelled and refunded if you press Refund in the app within 14 days.",
    "failed_transfer": "A transfer fails when the recipient's name is longer than 35 characters.",
    "verify_top_up": "Every top-up is verified with a 6-digit code that we send you.",
    "card_linking": "You link a card by scanning its QR code under Cards > Link.",
    "getting_spare_card": "You can order up to 3 extra cards, for family too, at 9 euros each.",
    "receiving_money": "Others pay you with the IBAN under Account > Details, in 12 currencies, at 0.2 %.",
    "fiat_currency_support": "You can hold and exchange 29 currencies, euros included, under Wallet > Currencies.",
    "top_up_by_bank_transfer_charge": "Topping up by transfer, SEPA or SWIFT, costs a fee of 0.5% of the amount.",
    "supported_cards_and_currencies": "Money can be added from Visa and Mastercard, in 12 currencies.",
}


def sheet(train: Mapping[str, Sequence[str]], test: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """Of each topic two questions to teach, drawn from `train`, and four to ask, from `test`."""
    draw, facts = random.Random(SEED), []
    for topic, answer in ANSWERS.items():
        taught = draw.sample(train[topic], TAUGHT)
        known = {text.casefold() for text in taught}
        unseen = draw.sample([text for text in test[topic] if text.casefold() not in known], ASKED)
        facts.append({"answer": answer, "taught": taught, "unseen": unseen})
    return {"name": "banking77", "lang": "en", "facts": facts}


def read(file: Path) -> dict[str, list[str]]:
    """The questions of a file by topic, short ones, each once."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    with file.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            text = " ".join(row["text"].split())
            if len(text) <= LONGEST:
                found[row["category"]].setdefault(text.casefold(), text)
    return {topic: list(texts.values()) for topic, texts in found.items()}


if __name__ == "__main__":
    json.dump(sheet(*(read(Path(file)) for file in sys.argv[1:3])), sys.stdout, ensure_ascii=False, indent=1)
