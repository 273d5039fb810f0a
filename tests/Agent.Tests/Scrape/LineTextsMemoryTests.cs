using System.Text;
using AmpEdge.Agent.Scrape;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>What texts keep. Alone, because the heap is that of the whole process.</summary>
[Collection(nameof(AloneCollection))]
public sealed class LineTextsMemoryTests
{
    [Fact]
    public void Long_texts_that_share_almost_everything_stay_short_and_can_be_gone_to()
    {
        LineTexts texts = new();
        string end = new('v', 8000);
        for (int index = 0; index < 20_000; index++)
        {
            texts.Append(Encoding.UTF8.GetBytes($"long{{n=\"{index:D6}\",v=\"{end}\"}}"));
        }

        texts.Settle();
        long kept = GC.GetTotalMemory(forceFullCollection: true);
        int count = texts.Count;
        foreach (int index in (int[])[19_999, 0, 12_345, 31, 32, 33])
        {
            Assert.Equal($"long{{n=\"{index:D6}\"", Encoding.UTF8.GetString(texts[index][..15]));
        }

        texts = new LineTexts();
        kept -= GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(kept < count * 20, $"{kept} bytes are kept of {count} texts");
    }
}
