using System.Linq;
using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class EngineFeaturesTests
{
    [Fact]
    public void Each_name_switches_on_one_thing_and_all_of_them_everything()
    {
        EngineOptions off = new();
        Assert.Equal(
            EngineFeatures.Names.Count,
            EngineFeatures.Names.Select(name => EngineFeatures.Enable(off, name)).Where(on => on != off).Distinct().Count());
        EngineOptions all = EngineFeatures.Enable(off, EngineFeatures.Names);
        Assert.Equal(ParserOptions.Everything, all.Parser);
        Assert.True(all.DelayedNameRemoval && all.TypeAndUnitLabels);
    }

    [Fact]
    public void An_unknown_name_is_refused_with_those_that_there_are()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => EngineFeatures.Enable(new EngineOptions(), "promql-all"));
        Assert.Contains("promql-all", refused.Message, StringComparison.Ordinal);
        Assert.Contains("promql-duration-expr", refused.Message, StringComparison.Ordinal);
    }
}
