# Scores for one drafted token to follow another.

# y: scores, [heads, rows, draft vocabulary], changed in place. parents: one tensor, [heads - 1, rows], the tokens before
# the second head's and the further ones as rows of the draft vocabulary.
def followed(self, y: Tensor, parents: List[Tensor], ws: List[Tensor]) -> Tensor:
    scores = torch.matmul(torch.embedding(ws[self.FROM()], parents[0]), ws[self.TO()])
    _0 = torch.add_(torch.slice(y, 0, 1), scores)
    return y
