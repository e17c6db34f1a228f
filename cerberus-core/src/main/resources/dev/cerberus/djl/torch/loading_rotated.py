# What is large of a rotated model, a few rows at a time: copies of a whole matrix in float32 would be most of the memory, and
# the time, that loading takes. first: the row of the target that the first of the rows becomes.

def embed_rows(self, bytes: Tensor, source: int, left: Tensor, right: Tensor, table: Tensor, first: int) -> Tensor:
    rows = self.typed(bytes, source, [-1, torch.size(table, 1)], 6)
    return torch.copy_(torch.slice(table, 0, first, first + torch.size(rows, 0)), self.turned(rows, left, right))

def reading_rows(self, bytes: Tensor, source: int, factors: Tensor, left: Tensor, right: Tensor, integers: Tensor,
               steps: Tensor, first: int) -> Tensor:
    rows = self.typed(bytes, source, [-1, torch.size(integers, 1)], 6)
    return self.round_rows(self.turned(self.columns(rows, factors), left, right), first, integers, steps)
