# The table of embeddings, kept in 16 bits beside activations of 32.

def embedded(self, ids: Tensor, table: Tensor) -> Tensor:
    return torch.to(torch.embedding(table, ids), 6)
