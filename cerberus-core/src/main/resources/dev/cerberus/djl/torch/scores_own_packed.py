# Scores by an LM head for every head, each packed on its own.

# s: final states of one head, [rows, hidden]. Returns [rows, draft vocabulary].
def logits_of(self, s: Tensor, head: int, ws: List[Tensor], ms: List[Matrix]) -> Tensor:
    return self.linear(s, ms[self.LM_HEAD() + head], None)

# s: final states, [heads, rows, hidden]. Returns [heads, rows, draft vocabulary].
def logits(self, s: Tensor, ws: List[Tensor], ms: List[Matrix]) -> Tensor:
    all = annotate(List[Tensor], [])
    for head in range(self.HEADS()):
        _0 = torch.append(all, self.logits_of(torch.select(s, 0, head), head, ws, ms))
    return torch.stack(all, 0)
