# The root token by its embedding, in the model's own basis. table: embeddings, [vocabulary, hidden].

def root_row(self, root: int, table: Tensor, rotation: List[Tensor], ws: List[Tensor]) -> Tensor:
    return self.rooted(torch.slice(table, 0, root, root + 1), rotation)
