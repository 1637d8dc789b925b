"""小灶 Xiaozao: from a spreadsheet to a model of your own."""
