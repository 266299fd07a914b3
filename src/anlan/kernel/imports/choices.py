"""The words of the import; beside each value, what is true when it holds."""

from django.db import models


class BatchState(models.TextChoices):
    UPLOADED = "uploaded", "正在读取"  # a job reads the file and judges its rows
    FAILED = "failed", "读取失败"  # with the reason; nothing is kept but the file
    READY = "ready", "待接收"  # read and judged; a person decides
    TAKING = "taking", "正在接收"  # consented; a job takes the good rows
    DONE = "done", "已完成"  # every good row was taken, or refused with its reason
    DROPPED = "dropped", "已放弃"  # rows and file are deleted; who brought it stays on record
