using System.Linq;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Relabel;

public sealed class RelabelTraceTests
{
    [Fact]
    public void Each_rule_is_a_step_with_what_it_found_and_what_it_left()
    {
        IReadOnlyList<RelabelStep> steps = RelabelTrace.Run(
            Labels.FromStrings("a", "1", "b", "2"),
            [
                RelabelRule.Compile(new RelabelConfig { SourceLabels = ["a"], TargetLabel = "c" }),
                RelabelRule.Compile(new RelabelConfig { SourceLabels = ["none"], Regex = "x", TargetLabel = "d" }),
                RelabelRule.Compile(new RelabelConfig { Regex = "a|b", Action = RelabelAction.LabelDrop }),
            ]);

        Assert.Equal(["{a=\"1\", b=\"2\", c=\"1\"}", "{a=\"1\", b=\"2\", c=\"1\"}", "{c=\"1\"}"], steps.Select(step => step.After.ToString()));
        Assert.Equal([false, true, false], steps.Select(step => step.IsIdle));
        Assert.Equal("{c=\"1\"}", RelabelTrace.ResultOf(Labels.Empty, steps)!.ToString());
    }

    [Fact]
    public void It_ends_with_the_rule_that_drops_the_labels()
    {
        Labels labels = Labels.FromStrings("a", "1");
        IReadOnlyList<RelabelStep> steps = RelabelTrace.Run(
            labels,
            [
                RelabelRule.Compile(new RelabelConfig { SourceLabels = ["a"], Regex = "1", Action = RelabelAction.Drop }),
                RelabelRule.Compile(new RelabelConfig { SourceLabels = ["a"], TargetLabel = "c" }),
            ]);

        RelabelStep step = Assert.Single(steps);
        Assert.True(step.IsDropped);
        Assert.Equal(labels, step.After);
        Assert.Null(RelabelTrace.ResultOf(labels, steps));
    }

    [Fact]
    public void Without_rules_the_labels_come_out_as_they_are()
    {
        Labels labels = Labels.FromStrings("a", "1");

        Assert.Equal(labels, RelabelTrace.ResultOf(labels, RelabelTrace.Run(labels, [])));
    }

    [Fact]
    public void The_result_is_that_of_relabelling_at_once()
    {
        Gen gen = Gen.Create(411);
        string[] names = ["a", "b", "c", "d"];
        for (int run = 0; run < 500; run++)
        {
            LabelsBuilder builder = new();
            foreach (string name in names)
            {
                builder.Set(name, gen.Text("xyz", 2));
            }

            Labels labels = builder.Build();
            RelabelRule[] rules = [.. Enumerable.Range(0, gen.Int(6)).Select(_ => Draw(gen, names))];
            builder.Reset(labels);
            Labels? expected = Relabeler.Process(builder, rules) ? builder.Build() : null;

            Labels? actual = RelabelTrace.ResultOf(labels, RelabelTrace.Run(labels, rules));

            Assert.True(Equals(expected, actual), $"run {run}, {gen}: expected {expected}, got {actual}");
        }
    }

    private static RelabelRule Draw(Gen gen, string[] names) => RelabelRule.Compile(gen.Int(4) switch
    {
        0 => new RelabelConfig { SourceLabels = [gen.Pick<string>(names)], Regex = gen.Text("xyz", 2), Action = RelabelAction.Drop },
        1 => new RelabelConfig { SourceLabels = [gen.Pick<string>(names)], Regex = "(x*)(.*)", TargetLabel = gen.Pick<string>(names), Replacement = "$2$1" },
        2 => new RelabelConfig { Regex = gen.Pick<string>(names), Action = RelabelAction.LabelDrop },
        _ => new RelabelConfig { Regex = "[ab]", Replacement = "new_$1", Action = RelabelAction.LabelMap },
    });
}
