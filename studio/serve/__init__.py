"""The web server around the page: guards, downloads, health."""
