"""The form in which texts are compared, so that width, case, spacing and the like change nothing."""

from __future__ import annotations

import re
import unicodedata

# The commoner traditional characters; the matters are read from the simplified ones.
_TRADITIONAL = (
    "電樓煙燒關緊牆車庫門們這個來裡裏還沒東說話過時後對開間陽臺氣報壞聲響鬧點樣邊內業會應該請問謝費錢證條員場區園廣環衛機構設"
    "備維護檢測監視頻鎖鑰屬處繳納價漲幫幾雙單層號頂頭風濕潑濃隻貓雞鴨鵝鳥蟲樹葉綠離聽見覺親媽爺歲兒孫婦嬰鄰裝錘鑽擊廢紙黃髒亂"
    "擺攤販賣買違規築繩線網絡訊燈燙壓爐賠償調訴訟審級辦務選舉換屆罷簽約權狀態達麼嗎難讓實現發從給與為無塊剝著欄殺隱獨敗險搶斷"
    "圍傷暈廚廁蓋積運輪擋佔鐵棄廠學師醫療補貼殘淨掃滿飛總閘帳賬佈範僞騙竊盜賭執罰責負溝滲瀉藥滅臟銹鏽質樑壽飯館麵雜衹樂歡慮階"
    "陰隨將舊彎寬遠進連"
)
_SIMPLIFIED = (
    "电楼烟烧关紧墙车库门们这个来里里还没东说话过时后对开间阳台气报坏声响闹点样边内业会应该请问谢费钱证条员场区园广环卫机构设"
    "备维护检测监视频锁钥属处缴纳价涨帮几双单层号顶头风湿泼浓只猫鸡鸭鹅鸟虫树叶绿离听见觉亲妈爷岁儿孙妇婴邻装锤钻击废纸黄脏乱"
    "摆摊贩卖买违规筑绳线网络讯灯烫压炉赔偿调诉讼审级办务选举换届罢签约权状态达么吗难让实现发从给与为无块剥着栏杀隐独败险抢断"
    "围伤晕厨厕盖积运轮挡占铁弃厂学师医疗补贴残净扫满飞总闸账账布范伪骗窃盗赌执罚责负沟渗泻药灭脏锈锈质梁寿饭馆面杂只乐欢虑阶"
    "阴随将旧弯宽远进连"
)
_ENDS = str.maketrans("。、…~" + _TRADITIONAL, ".,,," + _SIMPLIFIED)
_LOOSE_SPACE = re.compile(r"(?<![a-z0-9]) | (?![a-z0-9])")


def fold(text: str) -> str:
    """The text as it is compared: NFKC, case folded, spaces and stray marks gone, clause ends kept as `,.;!?`.

    Traditional characters become simplified ones. A space stays only between two Latin words or numbers. Full-width and
    circled forms become plain ones, invisible characters vanish.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_ENDS)
    kept = "".join(c if c.isalnum() or c in ",.;!?\n" else " " for c in folded if unicodedata.category(c) != "Cf")
    return _LOOSE_SPACE.sub("", re.sub(r"[ \t]+", " ", kept)).strip()
