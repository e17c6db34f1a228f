# Whether every row of a product has the same bits in any number of rows, up to some. One of the matrices is longer than
# what the kernel adds at a time; their width leaves something over of what it works on.

def independent(self) -> bool:
    most = self.MOST()
    same = True
    for width in [32, 520]:
        w = torch.reshape(torch.sin(torch.arange(0., 24 * width, dtype=6)), [24, width])
        x = torch.reshape(torch.sin(torch.arange(0., most * width, dtype=6)), [most, width])
        packed = self.packed(w)
        all = self.product(x, packed)
        for rows in range(1, most):
            if same:
                some = self.product(torch.slice(x, 0, 0, rows), packed)
                same = torch.equal(some, torch.slice(all, 0, 0, rows))
    return same
