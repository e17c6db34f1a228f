# Embedding and LM head of a rotated model, a few rows at a time: a vocabulary is the largest matrix of a small model, and
# its copies in float32 would be most of what loading takes.

def embed_rows(self, bytes: Tensor, source: int, left: Tensor, right: Tensor, table: Tensor, first: int) -> Tensor:
    rows = self.typed(bytes, source, [-1, torch.size(table, 1)], 6)
    return torch.copy_(torch.slice(table, 0, first, first + torch.size(rows, 0)), self.turned(rows, left, right))

def score_rows(self, bytes: Tensor, source: int, factors: Tensor, left: Tensor, right: Tensor, integers: Tensor,
               steps: Tensor, first: int) -> Tensor:
    rows = self.typed(bytes, source, [-1, torch.size(integers, 1)], 6)
    return self.round_rows(self.turned(self.columns(rows, factors), left, right), first, integers, steps)
