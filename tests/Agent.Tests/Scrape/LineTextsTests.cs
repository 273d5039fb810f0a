using System.Text;
using AmpEdge.Agent.Scrape;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class LineTextsTests
{
    [Fact]
    public void Texts_are_found_again_whatever_they_share_and_wherever_they_are_read()
    {
        Gen gen = Gen.Create(20);
        for (int round = 0; round < 300; round++)
        {
            LineTexts texts = new();
            List<byte[]> expected = [];
            int steps = gen.Int(1, 400);
            for (int step = 0; step < steps; step++)
            {
                if (gen.OneIn(3))
                {
                    byte[] text = NextText(gen, expected);
                    texts.Append(text);
                    expected.Add(text);
                }
                else if (gen.OneIn(40))
                {
                    texts.Settle();
                }
                else if (expected.Count > 0)
                {
                    int from = gen.Int(expected.Count);
                    int count = gen.Bool() ? 1 : gen.Int(1, 80);
                    for (int index = from; index < expected.Count && index < from + count; index++)
                    {
                        Assert.True(texts[index].SequenceEqual(expected[index]), $"seed {gen.Seed}, text {index} of {expected.Count}");
                    }
                }
            }

            Assert.Equal(expected.Count, texts.Count);
        }
    }

    [Fact]
    public void A_page_has_a_text_at_a_place_or_not_whatever_was_compared_before()
    {
        Gen gen = Gen.Create(21);
        for (int round = 0; round < 1500; round++)
        {
            LineTexts texts = new();
            List<byte[]> expected = [];
            for (int count = gen.Int(1, 120); expected.Count < count;)
            {
                byte[] text = NextText(gen, expected);
                texts.Append(text);
                expected.Add(text);
            }

            for (int page = 0; page < 4; page++)
            {
                Follow(gen, texts, expected);
            }
        }
    }

    /// <summary>Reads a page of the texts, some of them changed or left out, in order as long as it is as it was.</summary>
    private static void Follow(Gen gen, LineTexts texts, List<byte[]> expected)
    {
        List<byte> lines = [];
        List<int> places = [];
        foreach (byte[] text in expected)
        {
            places.Add(lines.Count);
            lines.AddRange(gen.OneIn(30) ? gen.Mutate(text) : text);
            lines.AddRange(" 1\n"u8);
        }

        byte[] page = lines.ToArray();
        int above = -1;
        for (int index = 0; index < expected.Count; index++)
        {
            int asked = gen.OneIn(30) ? gen.Int(expected.Count) : index;
            int length = texts.Match(asked, page, places[index], above);
            bool isThere = page.AsSpan(places[index]).StartsWith(expected[asked]);
            Assert.True(length == (isThere ? expected[asked].Length : -1), $"seed {gen.Seed}, text {asked} at line {index}: {length}");
            above = isThere ? places[index] : -1;
            if (gen.OneIn(20))
            {
                // Left without a word, or with one: what is read of it is the same.
                texts.TakeFrom(page, gen.Bool() ? above : -1);
                int read = gen.Bool() ? asked : gen.Int(expected.Count);
                Assert.True(texts[read].SequenceEqual(expected[read]), $"seed {gen.Seed}, text {read} after line {index}");
                above = -1;
            }
        }

        if (gen.Bool())
        {
            texts.TakeFrom(page, above);
        }
    }

    private static byte[] NextText(Gen gen, List<byte[]> texts)
    {
        if (texts.Count == 0 || gen.OneIn(10))
        {
            return Encoding.UTF8.GetBytes(gen.Text("ab\"", 300));
        }

        return gen.OneIn(4) ? texts[gen.Int(texts.Count)] : gen.Mutate(texts[^1]);
    }
}
