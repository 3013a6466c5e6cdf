"""The WeChat Official Account (微信公众号): verify, parse, render, push."""
