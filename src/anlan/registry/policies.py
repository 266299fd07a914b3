"""Who may do what in the registry; which subjects, the guards and ``kept_by`` say."""

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

OFFICE = (Role.SCO_STAFF, Role.SCO_CHIEF)
UNIT = (Role.UNIT_STAFF, Role.UNIT_HEAD)

VIEW = Policy("registry.view", "查看监管对象", (*OFFICE, *UNIT, Role.LEADER))
KEEP = Policy("registry.keep", "登记监管对象", UNIT)
# The number in full: who keeps the person's enterprise, and the office.
IDENTITY = Policy("registry.identity", "查看身份证号", (*OFFICE, *UNIT))
# Two files on one subject made one: not who regulates it decides, for they may be two.
MERGE = Policy("registry.merge", "合并重复的监管对象", OFFICE)

# Who regulates is disputed: any organisation that sees the subject may say so, the office asks for
# opinions, each organisation that was asked answers for itself, the office's chief decides.
DISPUTE = Policy("registry.dispute", "提出归属争议", (*OFFICE, *UNIT))
ASK = Policy("registry.dispute.ask", "就归属争议征求意见", OFFICE)
OPINE = Policy("registry.dispute.opine", "答复归属争议", (*OFFICE, *UNIT))
DECIDE = Policy("registry.dispute.decide", "决定归属争议", (Role.SCO_CHIEF,))
