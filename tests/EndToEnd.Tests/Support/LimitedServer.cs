using System.Globalization;
using AmpEdge.EndToEnd.Tests.Fuzzing;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Our server with tight limits for queries, and some data to ask about; for the tests of a class.</summary>
public sealed class LimitedServer : IAsyncLifetime
{
    /// <summary>Queries evaluated at a time.</summary>
    public const int MaxConcurrency = 4;

    private readonly WorkingFolder _folder = new();

    public FuzzedData Data { get; private set; } = null!;

    public RunningProgram Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        long hour = TimeProvider.System.GetUtcNow().AddHours(-4).ToUnixTimeSeconds() / 3600;
        Data = new FuzzedData(Gen.Create(20261123), hour * 3_600_000);
        Server = await Pipeline.StartOpenServerAsync(
            _folder, $"limits: {{out_of_order_time_window: {FuzzedData.Window.TotalSeconds}s}}\n",
            "--query.max-samples=2000000",
            string.Create(CultureInfo.InvariantCulture, $"--query.max-concurrency={MaxConcurrency}"));
        foreach (byte[] body in Data.Bodies())
        {
            await RemoteWrite.SendAsync(Server, body);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
