# A draft of heads that all guess at once.

# hs: what a step left of its rows. ranks: candidates of a head, 0 for the probabilities of all tokens. Returns a row per
# head.
def draft(self, hs: Tensor, node: int, root: int, table: Tensor, rotation: List[Tensor], ws: List[Tensor],
          ms: List[Matrix], scale: float, ranks: int) -> Tensor:
    h = self.restored(torch.slice(hs, 0, node, node + 1), rotation)
    e = self.root_row(root, table, rotation, ws)
    logits = torch.squeeze(self.logits(self.states(h, e, ws, ms), ws, ms), 1)
    if ranks == 0:
        return torch.softmax(logits * scale, 1, dtype=6)
    return self.ranked(logits, scale, ranks)
