using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Model;

public sealed class LabelsTests
{
    [Fact]
    public void Labels_come_out_sorted_by_name_whatever_the_order_in()
    {
        Labels labels = Labels.FromStrings("job", "api", "__name__", "up", "instance", "a:1");

        Assert.Equal("""up{instance="a:1", job="api"}""", labels.ToString());
        Assert.Equal("up", labels.MetricName);
        Assert.Equal(3, labels.Count);
    }

    [Fact]
    public void The_blob_is_length_prefixed_names_and_values()
    {
        Labels labels = Labels.FromStrings("b", "xy", "a", "1");

        Assert.Equal("\u0001a\u00011\u0001b\u0002xy", Encoding.UTF8.GetString(labels.Blob));
    }

    [Fact]
    public void Equal_sets_have_equal_bytes_and_hashes()
    {
        Labels one = Labels.FromStrings("a", "1", "b", "2");
        Labels other = Labels.FromStrings("b", "2", "a", "1");

        Assert.Equal(one, other);
        Assert.Equal(one.Hash, other.Hash);
        Assert.True(one == other);
        Assert.NotEqual(one, Labels.FromStrings("a", "12", "b", ""));
    }

    [Fact]
    public void An_empty_value_is_no_label()
    {
        Assert.Same(Labels.Empty, Labels.FromStrings("a", ""));
        Assert.Equal("", Labels.FromStrings("a", "1").GetString("b"));
    }

    [Fact]
    public void A_value_longer_than_one_length_byte_survives()
    {
        string value = new('x', 70_000);
        Labels labels = Labels.FromStrings("a", value, "b", "end");

        Assert.Equal(value, labels.GetString("a"));
        Assert.Equal("end", labels.GetString("b"));
    }

    [Theory]
    [InlineData("a=1", "a=1,b=2", -1)]
    [InlineData("a=1,b=2", "a=2", -1)]
    [InlineData("a=10", "a=9", -1)]
    [InlineData("b=1", "a=2", 1)]
    [InlineData("aa=1", "b=1", -1)]
    [InlineData("a=1", "a=1", 0)]
    public void Sets_are_ordered_by_the_first_label_that_differs(string left, string right, int expected) =>
        Assert.Equal(expected, Math.Sign(Parse(left).CompareTo(Parse(right))));

    [Fact]
    public void Odd_names_and_values_are_quoted_as_Go_does()
    {
        Labels labels = Labels.FromStrings("__name__", "my.metric", "a b", "x\"\\\n\u0001ü");

        Assert.Equal("""{"my.metric", "a b"="x\"\\\n\x01ü"}""", labels.ToString());
    }

    [Fact]
    public void A_builder_follows_a_dictionary_through_random_changes()
    {
        Gen gen = Gen.Create(7);
        LabelsBuilder builder = new();
        SortedDictionary<string, string> model = new(StringComparer.Ordinal);
        for (int step = 0; step < 5_000; step++)
        {
            string name = gen.Text("abcdé", 3) + "n";
            string value = gen.Text("xyz\u20ac ", 200);
            if (gen.OneIn(20))
            {
                builder.Reset();
                model.Clear();
            }
            else if (gen.OneIn(4))
            {
                builder.Remove(name);
                model.Remove(name);
            }
            else
            {
                builder.Set(name, value);
                model.Remove(name);
                if (value.Length > 0)
                {
                    model[name] = value;
                }
            }

            Labels labels = builder.Build();
            List<string> expected = [];
            foreach ((string key, string text) in model)
            {
                expected.Add($"{key}={text}");
            }

            List<string> actual = [];
            foreach (LabelPair label in labels)
            {
                actual.Add(label.ToString());
            }

            Assert.True(new HashSet<string>(expected).SetEquals(actual) && expected.Count == actual.Count, gen.ToString());
        }
    }

    [Fact]
    public void A_builder_tells_of_a_name_appended_twice()
    {
        LabelsBuilder builder = new();
        builder.Append("a"u8, "1"u8);
        builder.Append("a"u8, "2"u8);
        builder.Build(out bool hasDuplicate);

        Assert.True(hasDuplicate);
    }

    private static Labels Parse(string text)
    {
        LabelsBuilder builder = new();
        foreach (string pair in text.Split(','))
        {
            string[] parts = pair.Split('=');
            builder.Set(parts[0], parts[1]);
        }

        return builder.Build();
    }
}
