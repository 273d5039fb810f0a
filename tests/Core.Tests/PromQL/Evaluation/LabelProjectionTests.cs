using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class LabelProjectionTests
{
    private static readonly Labels s_labels = Labels.FromStrings("__name__", "up", "b", "2", "a", "1", "z", new string('x', 300));

    [Fact]
    public void By_keeps_the_named_labels_in_any_order_of_names()
    {
        LabelProjection by = LabelProjection.Keep(["z", "none", "a"]);
        Assert.Equal(Labels.FromStrings("a", "1", "z", new string('x', 300)), Labels.FromBlob(by.Project(s_labels)));
    }

    [Fact]
    public void Without_drops_the_named_labels_and_the_metric_name()
    {
        LabelProjection without = LabelProjection.Without(["z", "none"]);
        Assert.Equal(Labels.FromStrings("a", "1", "b", "2"), Labels.FromBlob(without.Project(s_labels)));
    }

    [Fact]
    public void A_projection_is_what_a_builder_makes_of_the_same_labels()
    {
        Gen gen = Gen.Create(77);
        for (int round = 0; round < 500; round++)
        {
            LabelsBuilder all = new();
            LabelsBuilder kept = new();
            LabelsBuilder rest = new();
            List<string> names = [];
            for (int index = 0; index < gen.Int(8); index++)
            {
                string name = gen.Text("abc", 3) + index;
                string value = gen.Text("xyz", gen.OneIn(5) ? 400 : 5) + "!";
                bool listed = gen.Bool();
                all.Set(name, value);
                (listed ? kept : rest).Set(name, value);
                if (listed)
                {
                    names.Insert(gen.Int(names.Count + 1), name);
                }
            }

            Labels labels = all.Build();
            Assert.True(
                kept.Build() == Labels.FromBlob(LabelProjection.Keep(names).Project(labels))
                && rest.Build() == Labels.FromBlob(LabelProjection.Without(names).Project(labels)),
                $"{gen}: {labels} and {string.Join(",", names)}");
        }
    }
}
