using System.Globalization;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary><c>ampedge-server tsdb</c> beside Debian's promtool, on the same folders.</summary>
public sealed class StoreToolsTests
{
    private const long StartSeconds = 1_700_000_000;

    [Fact]
    public async Task Blocks_of_promtool_are_shown_taken_in_answered_from_and_given_back()
    {
        using WorkingFolder folder = new();
        string made = folder.At("made");
        Directory.CreateDirectory(Path.Combine(made, "wal"));
        await PromtoolAsync("tsdb", "create-blocks-from", "openmetrics", folder.Write("in.om", OpenMetrics()), made);
        Assert.Equal(await PromtoolAsync("tsdb", "list", made), await ToolAsync("list", made));
        Assert.Equal(await PromtoolAsync("tsdb", "list", "-r", made), await ToolAsync("list", "-r", made));
        string dump = await PromtoolAsync("tsdb", "dump", made);
        Assert.Equal(dump, await ToolAsync("dump", made));
        await ToolAsync("verify", made);

        string data = folder.At("server-data");
        Directory.CreateDirectory(data);
        string[] store = ["--storage.path", data, "--workspace", Pipeline.Workspace];
        await ToolAsync(["import", "--from", made, .. store]);
        Assert.Equal(1500.0, await AskAsync(folder));

        string given = folder.At("given");
        await ToolAsync(["export", "--to", given, .. store]);
        Assert.Equal(dump, await PromtoolAsync("tsdb", "dump", given));
        string copied = folder.At("copied");
        await ToolAsync(["snapshot", "--to", copied, .. store]);
        Assert.Equal(dump, await PromtoolAsync("tsdb", "dump", copied));

        using WorkingFolder other = new();
        Directory.CreateDirectory(other.At("server-data"));
        await ToolAsync("import", "--from", given, "--storage.path", other.At("server-data"), "--workspace", Pipeline.Workspace);
        Assert.Equal(1500.0, await AskAsync(other));
    }

    /// <summary>Five series of three hundred samples, over two blocks, with every kind of value.</summary>
    private static string OpenMetrics()
    {
        string[] values = ["1.5", "1e6", "123456789.25", "NaN", "+Inf", "1e-5", "0.0001", "-0"];
        StringBuilder text = new("# TYPE shown gauge\n");
        for (int series = 0; series < 5; series++)
        {
            for (int sample = 0; sample < 300; sample++)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"shown{{series=\"{series}\",odd=\"a\\\"b\\\\é\"}} {values[(series + sample) % values.Length]} {StartSeconds + (sample * 30)}\n");
            }
        }

        return text.Append("# EOF\n").ToString();
    }

    /// <summary>Starts a server on the folder's store, asks how many samples there are, and sees that tools stay out meanwhile.</summary>
    private static async Task<double?> AskAsync(WorkingFolder folder)
    {
        await using RunningProgram server = await Pipeline.StartServerAsync(folder);
        await using RunningProgram proxy = await Pipeline.StartProxyAsync(server);
        double? samples = await new QueryClient(proxy, Pipeline.ApiPrefix).ScalarAsync(
            string.Create(CultureInfo.InvariantCulture, $"sum(count_over_time(shown[3h] @ {StartSeconds + 9000}))"));
        (int exitCode, _, string error) = await Command.RunAsync(
            Programs.Server, ["tsdb", "dump", Path.Combine(folder.At("server-data"), Pipeline.Workspace)]);
        Assert.Equal(1, exitCode);
        Assert.Contains("is in use by another process", error, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
        return samples;
    }

    private static Task<string> ToolAsync(params string[] arguments) => Command.SucceedAsync(Programs.Server, ["tsdb", .. arguments]);

    private static Task<string> PromtoolAsync(params string[] arguments) => Promtool.RunAsync(arguments);
}
