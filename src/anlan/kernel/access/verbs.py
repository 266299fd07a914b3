"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "access.account.create": "建立账号",
    "access.account.disable": "停用账号",
    "access.account.enable": "恢复账号",
    "access.account.unlock": "解除登录锁定",
    "access.demo.ensure": "建立演示账号",
    "access.deputy.appoint": "指定代理人",
    "access.deputy.end": "结束代理",
    "access.grant.end": "结束授权",
    "access.grant.give": "授予职责",
    "access.password.change": "修改密码",
    "access.password.reset": "重置密码",
    "access.totp.disable": "停用两步验证",
    "access.totp.enable": "启用两步验证",
    "access.totp.remove": "解除他人的两步验证",
}
