var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddHostedService<Mailer>();
builder.Build().Run();

internal sealed class Mailer(ILogger<Mailer> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            logger.LogInformation("No mail to send");
            await Task.Delay(TimeSpan.FromSeconds(10), stoppingToken);
        }
    }
}
