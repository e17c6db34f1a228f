# A draft of heads that see what was drafted before them, a call a depth.

# paths: tokens from the root to each node, head + 1 of each, one path after another. Returns a row per node.
def draft(self, hs: Tensor, node: int, paths: List[int], head: int, table: Tensor, rotation: List[Tensor],
          ws: List[Tensor], ms: List[Matrix], scale: float, ranks: int) -> Tensor:
    tokens = torch.tensor(paths, dtype=4, device=ops.prim.device(table))
    embedded = torch.mul(self.rooted(torch.embedding(table, tokens), rotation), self.BALANCE())
    e = torch.reshape(embedded, [-1, (head + 1) * self.HIDDEN()])
    h = self.restored(torch.slice(hs, 0, node, node + 1), rotation)
    z = torch.cat([torch.expand(h, [torch.size(e, 0), self.HIDDEN()]), e], 1)
    return self.ranked(self.logits_of(self.state(z, head, ws, ms), head, ws, ms), torch.tensor(scale, dtype=6), ranks)
