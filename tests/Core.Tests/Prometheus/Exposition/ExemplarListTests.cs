using System.Text;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

public sealed class ExemplarListTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(300_000)]
    public void Exemplars_are_sorted_by_time_and_stay_in_order_within_one(int count)
    {
        ExemplarList one = Read("x_total 1 # {} 1 1.5\n# EOF\n");
        ExemplarList other = Read("x_total 1 # {} 2 1.5\n# EOF\n");
        ExemplarList late = Read("x_total 1 # {} 3 2.5\n# EOF\n");
        ExemplarList all = new();
        for (int index = 0; index < count; index++)
        {
            all.AddAll(late);
        }

        for (int index = 0; index < count; index++)
        {
            all.AddAll(index % 2 == 0 ? one : other);
        }

        all.SortByTime();

        for (int index = 0; index < count; index++)
        {
            Assert.Equal(1 + index % 2, all.Items[index].Value);
            Assert.Equal(3, all.Items[count + index].Value);
        }
    }

    private static ExemplarList Read(string page)
    {
        LineParser<OpenMetricsGrammar> parser = new(Encoding.UTF8.GetBytes(page), new LabelSlots(), new LabelSlots());
        ExemplarList list = new();
        Assert.Equal(ExpositionEntry.Series, parser.Next());
        list.Take(ref parser);
        Assert.Equal(1, list.Items.Length);
        return list;
    }
}
