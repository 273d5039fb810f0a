using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Head;

public sealed class RawLabelsTests
{
    [Fact]
    public void Label_sets_of_all_lengths_come_back_from_their_canonical_form()
    {
        Gen gen = Gen.Create(302);
        for (int round = 0; round < 500; round++)
        {
            Labels labels = AnyLabels(gen);
            byte[] raw = Canonical(labels);

            Assert.True(RawLabels.IsCanonical(raw), $"{gen}: {labels}");
            Assert.True(RawLabels.ToLabels(raw) == labels, $"{gen}: {labels}");
            Assert.Equal(0, RawLabels.Compare(raw, raw));
        }
    }

    [Fact]
    public void Damaged_bytes_are_canonical_only_when_they_are_the_form_of_the_labels_they_say()
    {
        Gen gen = Gen.Create(303);
        int canonical = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = gen.Mutate(Canonical(AnyLabels(gen)), maxEdits: 2);
            if (RawLabels.IsCanonical(damaged))
            {
                canonical++;
                Assert.True(Canonical(RawLabels.ToLabels(damaged)).AsSpan().SequenceEqual(damaged), gen.ToString());
            }
        }

        Assert.True(canonical > 1_000, $"{gen}: {canonical} of the damaged ones can be read, which shows little");
    }

    [Theory]
    [InlineData("0A0A 0A01 61 1201 62", false)]     // The label's length is more than its fields.
    [InlineData("0A06 0A01 61 1201 62", true)]
    [InlineData("0A8600 0A01 61 1201 62", false)]   // A length in two bytes where one does.
    [InlineData("0A07 0A8100 61 1201 62", false)]
    [InlineData("0A05 0A01 61 1200", false)]        // An empty value.
    [InlineData("0A05 0A00 1201 62", false)]        // An empty name.
    [InlineData("0A06 0A01 61 1201 62 0A06 0A01 61 1201 63", false)]
    [InlineData("0A06 0A01 61 1201 62 0A06 0A01 62 1201 63", true)]
    [InlineData("0A06 0A01 62 1201 62 0A06 0A01 61 1201 63", false)]
    [InlineData("0A06 0A01 61 1202 62", false)]
    [InlineData("0A06 0A01 61 1201", false)]
    [InlineData("0A06 0A01 61 0A01 62", false)]
    public void Only_the_shortest_form_in_the_order_of_names_is_canonical(string hex, bool isCanonical) =>
        Assert.Equal(isCanonical, RawLabels.IsCanonical(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    private static byte[] Canonical(Labels labels)
    {
        byte[] raw = new byte[RawLabels.Measure(labels.Blob)];
        RawLabels.Write(labels.Blob, raw);
        return raw;
    }

    /// <summary>Names and values around the lengths at which one byte more is needed.</summary>
    private static Labels AnyLabels(Gen gen)
    {
        SortedDictionary<string, string> pairs = new(StringComparer.Ordinal);
        for (int label = gen.Int(6); label > 0; label--)
        {
            string name = new((char)('a' + gen.Int(26)), gen.Pick(1, 2, 5, 60, 120, 127, 128, 200));
            pairs[name] = new string((char)('0' + gen.Int(10)), gen.Pick(1, 3, 30, 60, 122, 124, 127, 128, 300, 17_000));
        }

        LabelsBuilder labels = new();
        foreach ((string name, string value) in pairs)
        {
            labels.Append(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        }

        return labels.Build();
    }
}
