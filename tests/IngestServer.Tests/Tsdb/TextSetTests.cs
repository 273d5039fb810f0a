using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class TextSetTests
{
    [Fact]
    public void A_text_has_one_number_however_it_came_in()
    {
        Gen gen = Gen.Create(601);
        for (int round = 0; round < 200; round++)
        {
            TextSet texts = new((ulong)gen.Long());
            Dictionary<string, int> expected = [];
            for (int step = gen.Int(400); step > 0; step--)
            {
                string value = gen.Text("abé", 4);
                byte[] text = Encoding.UTF8.GetBytes(value);
                bool isNew = !expected.ContainsKey(value);
                int number = expected.GetValueOrDefault(value, expected.Count);
                switch (gen.Int(3))
                {
                    case 0:
                        Assert.Equal(!isNew, texts.Contains(text));
                        continue;
                    case 1:
                        texts.Add(text, isNew);
                        break;
                    default:
                        Assert.Equal(number, texts.Add(text));
                        break;
                }

                expected[value] = number;
            }

            Assert.Equal(expected.Count, texts.Count);
            Assert.All(expected, pair => Assert.Equal(pair.Key, Encoding.UTF8.GetString(texts[pair.Value])));
        }
    }

    /// <summary>Few letters, zeros among them, with beginnings that many share: whatever makes eight bytes say nothing.</summary>
    [Fact]
    public void Texts_are_sorted_by_their_bytes_whatever_they_begin_with()
    {
        Gen gen = Gen.Create(602);
        for (int round = 0; round < 200; round++)
        {
            string alphabet = gen.Pick("ab", "a\0", "abcdefgh", "aé\uFFFD");
            string[] beginnings = ["", gen.Text(alphabet, 12), gen.Text(alphabet, 30), new string('a', gen.Int(100))];
            TextSet texts = new((ulong)gen.Long());
            SortedSet<string> expected = new(Utf8Order.Instance);
            for (int count = gen.Int(300); count > 0; count--)
            {
                string text = beginnings[gen.Int(beginnings.Length)] + gen.Text(alphabet, 12);
                texts.Add(Encoding.UTF8.GetBytes(text));
                expected.Add(text);
            }

            Assert.Equal([.. expected], new SortedTexts(texts).Strings());
        }
    }

    /// <summary>Each is the beginning of the next, so that sixty-four times eight bytes do not part them.</summary>
    [Fact]
    public void Texts_that_are_the_same_for_long_are_sorted_too()
    {
        TextSet texts = new(seed: 1);
        List<string> expected = [];
        for (int length = 0; length < 2000; length++)
        {
            expected.Add(new string('a', length));
        }

        for (int length = expected.Count - 1; length >= 0; length--)
        {
            texts.Add(Encoding.UTF8.GetBytes(expected[length]));
        }

        Assert.Equal(expected, new SortedTexts(texts).Strings());
    }

    /// <summary>What a list of many values allocates is their bytes and a few arrays, no object for each.</summary>
    [Fact]
    public void A_list_of_many_texts_is_a_handful_of_arrays()
    {
        const int Texts = 20_000;
        long before = GC.GetAllocatedBytesForCurrentThread();
        TextSet texts = new(seed: 1);
        Span<byte> text = stackalloc byte[8];
        for (int number = 0; number < Texts; number++)
        {
            number.TryFormat(text, out int length, "D8", System.Globalization.CultureInfo.InvariantCulture);
            texts.Add(text[..length], isNew: true);
        }

        Assert.Equal("00019999", Encoding.UTF8.GetString(new SortedTexts(texts)[Texts - 1]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Texts * 60);
    }
}
