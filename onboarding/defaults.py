"""What a new opening judges by, until somebody changes it: weights of 100, and four knock-outs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion as it is typed; a weight of none makes it a knock-out."""

    name: str
    name_zh: str = ""
    weight: int | None = None


CRITERIA = (
    Judged("Legal person with a valid licence", "具备法人资格且证照有效"),
    Judged("Registered capital as asked", "注册资本达到要求"),
    Judged("Sound accounts", "财务状况健全"),
    Judged("No conflict with brands carried", "与现有经营品牌无冲突"),
    Judged("Funds", "资金实力", 15),
    Judged("Premises and warehouse", "经营场所与仓储", 10),
    Judged("Team", "团队", 10),
    Judged("Industry experience", "行业经验", 10),
    Judged("Reputation", "商业信誉", 10),
    Judged("Network coverage", "网络覆盖", 15),
    Judged("Selling and marketing", "销售与市场能力", 10),
    Judged("After-sales service", "售后服务能力", 10),
    Judged("Willingness and brand fit", "合作意愿与品牌契合度", 10),
)
