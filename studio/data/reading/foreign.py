"""What columns are called in languages other than Chinese and English, by the role that each word claims.

Knows no cells, and of a name only the words in it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from studio.tasks import Role

# Languages that put blanks between words.
SPACED: dict[Role, tuple[str, ...]] = {
    "prompt": (
        "вопрос", "вопросы", "вопроса", "запрос", "питання", "запитання", "pregunta", "preguntas", "consulta",
        "pergunta", "perguntas", "domanda", "domande", "frage", "fragen", "kundenfrage", "vraag", "pytanie", "soru",
        "sorular", "sorusu", "pertanyaan", "câu hỏi", "soalan", "คำถาม", "प्रश्न", "सवाल", "سؤال", "السؤال", "أسئلة",
        "الأسئلة", "پرسش", "שאלה",
    ),
    "reply": (
        "ответ", "ответы", "ответа", "відповідь", "відповіді", "respuesta", "respuestas", "resposta", "respostas",
        "réponse", "réponses", "reponse", "risposta", "risposte", "antwort", "antworten", "antwoord", "odpowiedź",
        "cevap", "cevaplar", "cevabı", "yanıt", "jawaban", "balasan", "câu trả lời", "trả lời", "jawapan", "คำตอบ",
        "उत्तर", "जवाब", "جواب", "الجواب", "إجابة", "الإجابة", "اجابة", "الاجابة", "رد", "الرد", "پاسخ", "תשובה",
    ),
    "label": (
        "категория", "подкатегория", "тональность", "оценка", "метка", "класс", "рейтинг", "категорія", "оцінка",
        "categoría", "etiqueta", "sentimiento", "calificación", "puntuación", "categoria", "sentimento", "catégorie",
        "étiquette", "kategorie", "stimmung", "sterne", "kategori", "sentimen", "duygu", "puan", "nhãn", "cảm xúc",
        "phân loại", "số sao", "التصنيف", "تصنيف", "المشاعر", "التقييم", "تقييم",
    ),
    "text": (
        "текст", "отзыв", "отзывы", "комментарий", "сообщение", "відгук", "texto", "comentario", "comentarios",
        "reseña", "opinión", "comentário", "avaliação", "texte", "commentaire", "avis", "testo", "recensione",
        "commento", "kommentar", "rezension", "ulasan", "komentar", "teks", "yorum", "yorumlar", "metin",
        "bình luận", "nội dung", "đánh giá", "văn bản", "النص", "نص", "تعليق", "مراجعة",
    ),
    "ignore": (
        "дата", "номер", "автор", "fecha", "datum", "tanggal", "tarih", "ngày", "número", "numéro", "التاريخ",
    ),
}  # fmt: skip
# Languages that write words together, where a longer name is found by the last of them, as in Chinese.
JOINED: dict[Role, tuple[str, ...]] = {
    "prompt": ("질문", "문의", "문의내용", "질문내용", "質問内容", "質問文", "問い合わせ", "問い合わせ内容"),
    "reply": ("답변", "답변내용", "대답", "응답", "답", "回答文", "答え", "返答"),
    "label": ("카테고리", "감정", "감성", "라벨", "레이블", "평점", "별점", "유형", "분류", "満足度", "感情", "種類"),
    "text": ("리뷰", "댓글", "후기", "문장", "내용"),
    "ignore": ("날짜", "번호", "日付", "番号"),
}  # fmt: skip
_ROLES: dict[str, Role] = {word: role for role, words in SPACED.items() for word in words}
_ANY = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, _ROLES), key=len, reverse=True))})(?!\w)")
LONGEST = 5  # words of a name


def is_word(header: str) -> bool:
    """Whether the name is one word of the list and nothing else."""
    return unicodedata.normalize("NFKC", header).casefold().strip() in _ROLES


@lru_cache(4096)
def claim(header: str) -> Role | None:
    """The role that a name of these languages claims by its first word that says one, which is its head in most.

    `Вопрос клиента` asks, `Шаблон ответа` answers, `Fecha de la pregunta` is a date; the text of something is that.
    """
    text = " ".join(re.split(r"[\s_\-/.:]+", unicodedata.normalize("NFKC", header).casefold().strip()))
    roles = [_ROLES[found] for found in _ANY.findall(text)]
    if not roles or len(text.split()) > LONGEST:
        return None
    if text.startswith(("id ", "№ ")):
        return "ignore"
    return roles[1] if roles[0] == "text" and len(roles) > 1 else roles[0]
