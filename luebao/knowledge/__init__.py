"""The knowledge base: load it, check it, find in it, as of a date."""

from luebao.knowledge.load import KnowledgeError, load
from luebao.knowledge.model import Knowledge
from luebao.knowledge.problem import Problem

__all__ = ["Knowledge", "KnowledgeError", "Problem", "load"]
