# A draft of heads that all guess at once, for the roots of several sequences.

# hs: for each root what the step that it comes from left of its rows. nodes: the row of each. scales: what the scores of
# each are multiplied by. ranks: candidates of a head, 0 for the probabilities of all tokens. Returns a row per root and
# head.
def draft(self, hs: List[Tensor], nodes: List[int], roots: List[int], table: Tensor, rotation: List[Tensor],
          ws: List[Tensor], ms: List[Matrix], scales: List[float], ranks: int) -> Tensor:
    rows = annotate(List[Tensor], [])
    for i in range(torch.len(nodes)):
        _0 = torch.append(rows, torch.slice(hs[i], 0, nodes[i], nodes[i] + 1))
    h = self.restored(torch.cat(rows, 0), rotation)
    e = self.root_rows(torch.tensor(roots, dtype=4, device=ops.prim.device(table)), table, rotation, ws)
    logits = self.logits(self.states(h, e, ws, ms), ws, ms)
    scale = torch.unsqueeze(torch.tensor(scales, dtype=6, device=ops.prim.device(table)), 1)
    if ranks == 0:
        found = torch.softmax(torch.mul(torch.to(logits, 6), scale), 2)
    else:
        found = self.ranked(logits, scale, ranks)
    return torch.reshape(torch.transpose(found, 0, 1), [-1, torch.size(found, 2)])
