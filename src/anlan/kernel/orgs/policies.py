"""Who may change organisations and groups; reading them is open to every account (``anyone``).

The services narrow these doors to the area of the actor's grant.
"""

from anlan.kernel.access.policies import Policy
from anlan.kernel.orgs.services.checks import EDITORS_OF_GROUPS, EDITORS_OF_ORGANISATIONS

ORGANISATIONS = Policy("orgs.organisations", "增设、更名、撤销单位", EDITORS_OF_ORGANISATIONS)
GROUPS = Policy("orgs.groups", "调整单位组、单位别名和设在单位", EDITORS_OF_GROUPS)
