# Scores by an LM head for every head, all in one tensor, [heads, hidden, draft vocabulary].

# s: final states, [heads, rows, hidden]. Returns [heads, rows, draft vocabulary].
def logits(self, s: Tensor, ws: List[Tensor], ms: List[Matrix]) -> Tensor:
    return self.each(s, ws[self.LM_HEAD()])

# s: final states of one head, [rows, hidden]. Returns [rows, draft vocabulary].
def logits_of(self, s: Tensor, head: int, ws: List[Tensor], ms: List[Matrix]) -> Tensor:
    return torch.matmul(s, torch.select(ws[self.LM_HEAD()], 0, head))
