using AmpEdge.Hosting;
using AmpEdge.IngestServer.Query;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Query;

public sealed class QueryGateTests
{
    [Fact]
    public void Beyond_the_bound_queries_are_turned_away_and_counted_until_one_has_left()
    {
        MetricRegistry metrics = new();
        QueryGate gate = new(1, metrics);
        List<QueryGate.Pass> inside = [];
        while (gate.TryEnter() is { } pass)
        {
            inside.Add(pass);
        }

        Assert.Equal(9, inside.Count);
        Assert.Equal(503, gate.Refusal.Status);
        Assert.Equal("unavailable", gate.Refusal.Type);

        inside[0].Dispose();
        inside[0].Dispose();
        using QueryGate.Pass? again = gate.TryEnter();
        Assert.NotNull(again);
        Assert.Null(gate.TryEnter());
        Assert.Equal(2, metrics.Counter("ampedge_queries_refused_total", "Queries refused because too many were running and waiting.").Value);
    }
}
