using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Model;

public sealed class LabelsBuilderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(3000)]
    public void A_set_is_sorted_whatever_its_length_and_order(int count)
    {
        Gen gen = Gen.Create(97);
        LabelsBuilder builder = new();
        SortedSet<string> names = new(StringComparer.Ordinal);
        while (names.Count < count)
        {
            string name = "l" + gen.Int(1_000_000).ToString(CultureInfo.InvariantCulture);
            if (names.Add(name))
            {
                builder.Append(Encoding.UTF8.GetBytes(name), "v"u8);
            }
        }

        ByteBuffer blob = new();
        builder.AppendBlobTo(blob, out bool hasDuplicate);
        Labels labels = builder.Build();

        Assert.False(hasDuplicate);
        Assert.True(builder.FindDuplicate().IsEmpty);
        Assert.True(labels.Blob.SequenceEqual(blob.Written));
        List<string> actual = [];
        foreach (LabelPair label in labels)
        {
            actual.Add(Encoding.UTF8.GetString(label.Name));
        }

        Assert.Equal(names, actual);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(300)]
    public void A_name_given_twice_is_found(int count)
    {
        LabelsBuilder builder = new();
        for (int label = count; label > 0; label--)
        {
            builder.Append(Encoding.UTF8.GetBytes($"l{label}"), "v"u8);
        }

        builder.Append("l2"u8, "other"u8);

        Assert.Equal("l2", Encoding.UTF8.GetString(builder.FindDuplicate()));
        builder.Build(out bool hasDuplicate);
        Assert.True(hasDuplicate);
    }
}
