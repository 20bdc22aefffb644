using Microsoft.EntityFrameworkCore;

namespace Shop;

public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Product> Products => Set<Product>();

    public async Task FillAsync()
    {
        await Database.EnsureCreatedAsync();
        if (!await Products.AnyAsync())
        {
            Products.AddRange(ProductNames.All.Select(name => new Product { Name = name, Cents = 1000 * name.Length }));
            await SaveChangesAsync();
        }
    }
}
