# Root tokens by their embeddings, in the model's own basis. table: embeddings, [vocabulary, hidden].

def root_rows(self, roots: Tensor, table: Tensor, rotation: List[Tensor], ws: List[Tensor]) -> Tensor:
    return torch.mul(self.rooted(torch.embedding(table, roots), rotation), self.BALANCE())
