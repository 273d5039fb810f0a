using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Metrics;

public sealed class ProcessMetricsTests
{
    [Theory]
    [InlineData("12 (agent) S 1 12 12 0 -1 4194560 10 0 0 0 1 2 0 0 20 0 11 0 150 1000 10 18446744073709551615")]
    [InlineData("12 (a) S 7 (b) S 1 12 12 0 -1 4194560 10 0 0 0 1 2 0 0 20 0 11 0 150 1000 10 18446744073709551615")]
    public void The_start_is_boot_plus_ticks_whatever_the_program_is_called(string stat)
    {
        DateTimeOffset start = ProcessMetrics.StartTimeOf(stat, ["cpu 1 2 3", "btime 1700000000", "processes 9"]);

        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_001_500), start);
    }
}
