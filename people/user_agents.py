"""What to call a browser, so that people recognise their own."""

BROWSERS = (
    ("MicroMessenger", "微信 WeChat"),
    ("DingTalk", "钉钉 DingTalk"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("QQBrowser", "QQ"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser(user_agent: str) -> str:
    """`Chrome · Windows`; for what is not known, the beginning of what it says of itself. Own list: only a help to memory."""
    name = next((label for mark, label in BROWSERS if mark in user_agent), "")
    system = next((label for mark, label in SYSTEMS if mark in user_agent), "")
    return " · ".join(part for part in (name, system) if part) or user_agent[:40] or "–"
