"""SMS: one channel, three gateways (Kannel, Aliyun, Tencent), one set of rules about whom to answer and how long."""
