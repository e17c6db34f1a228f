# Scores by one LM head for all heads.

# s: final states, [heads, rows, hidden]. Returns [heads, rows, draft vocabulary].
def logits(self, s: Tensor, ws: List[Tensor], ms: List[Matrix]) -> Tensor:
    return self.linear(s, ms[self.LM_HEAD()], None)

# s: final states of one head, [rows, hidden]. Returns [rows, draft vocabulary].
def logits_of(self, s: Tensor, head: int, ws: List[Tensor], ms: List[Matrix]) -> Tensor:
    return self.logits(s, ws, ms)
