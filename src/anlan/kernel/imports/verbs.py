"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "imports.batch.upload": "上传导入文件",
    "imports.batch.read": "读取导入文件",
    "imports.batch.fail": "导入文件读取失败",
    "imports.batch.consent": "确认导入",
    "imports.batch.take": "逐行导入",
    "imports.batch.resume": "继续导入",
    "imports.batch.finish": "导入完成",
    "imports.batch.drop": "放弃导入",
}
