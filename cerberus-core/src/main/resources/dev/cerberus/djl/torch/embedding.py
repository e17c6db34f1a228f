# The table of embeddings, in the format of activations.

def embedded(self, ids: Tensor, table: Tensor) -> Tensor:
    return torch.embedding(table, ids)
