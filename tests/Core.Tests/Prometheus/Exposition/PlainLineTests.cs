using System.Linq;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

public sealed class PlainLineTests
{
    /// <summary>A blank after the brace is allowed in text and sends the whole line to the lexer.</summary>
    [Fact]
    public void What_is_read_without_the_lexer_is_what_the_lexer_reads()
    {
        Gen gen = Gen.Create(75);
        for (int round = 0; round < 5_000; round++)
        {
            StringBuilder labels = new();
            int count = gen.Int(4);
            for (int label = 0; label < count; label++)
            {
                labels.Append(gen.Pick("a", "le", "_x9", "Z")).Append('=')
                    .Append('"').Append(gen.Text("aé ,}{=\\n\"0", 6)).Append('"').Append(gen.Pick(",", ",", "", ",,", " "));
            }

            string rest = $"{labels}}}{gen.Pick(" ", " ", "", "  ", "\t")}{gen.Pick("1", "-2.5e3", "NaN", "x", "", "1_0")}"
                + gen.Pick("\n", "", " \n", " 5\n", "\n\n");
            List<ParsedEntry> plain = [];
            List<ParsedEntry> spaced = [];
            ExpositionError? plainError = ExpositionCases.ParseAll(
                Encoding.UTF8.GetBytes("# TYPE m histogram\nm{" + rest), false, plain);
            ExpositionError? spacedError = ExpositionCases.ParseAll(
                Encoding.UTF8.GetBytes("# TYPE m histogram\nm{ " + rest), false, spaced);

            Assert.True(
                plainError is null == spacedError is null && plain.Count == spaced.Count
                    && (plain.Count < 2 || (plain[1].Labels.Equals(spaced[1].Labels)
                        && plain[1].Value.Equals(spaced[1].Value) && plain[1].TimestampMs == spaced[1].TimestampMs)),
                $"{rest} {gen}: {plainError} against {spacedError}");
        }
    }

    [Theory]
    [InlineData("x=\"1\"} 2\n", 6)]
    [InlineData("x=\"1\",} 2\n", 7)]
    [InlineData("} 2\n", 1)]
    [InlineData("x=\"1\",,} 2\n", -1)]
    [InlineData("x =\"1\"} 2\n", -1)]
    [InlineData("x=\"\\\\\"} 2\n", -1)]
    [InlineData("\"x\"=\"1\"} 2\n", -1)]
    [InlineData("x=\"1\"", -1)]
    [InlineData("x=\"", -1)]
    [InlineData("", -1)]
    public void Only_plain_labels_are_taken(string text, int end)
    {
        LabelSlots slots = new();

        Assert.Equal(end, PlainLine.ReadLabels(Encoding.UTF8.GetBytes(text), 0, slots));
        Assert.True(end > 0 || slots.Count == 0, "nothing is left behind");
    }

    /// <summary>Values are searched in blocks: what ends or spoils one may stand anywhere in any block or after the last.</summary>
    [Theory]
    [InlineData(new byte[0], true)]
    [InlineData(new byte[] { (byte)' ' }, true)]
    [InlineData(new byte[] { 0xC3, 0xA9 }, true)]
    [InlineData(new byte[] { 0xC3 }, false)]
    [InlineData(new byte[] { 0xFF }, false)]
    [InlineData(new byte[] { (byte)'\\', (byte)'n' }, false)]
    [InlineData(new byte[] { (byte)'\n' }, false)]
    public void A_value_of_any_length_is_taken_when_it_is_plain(byte[] inside, bool isTaken)
    {
        LabelSlots slots = new();
        for (int length = 0; length <= 50; length++)
        {
            for (int at = 0; at <= length; at++)
            {
                byte[] value = [.. Enumerable.Repeat((byte)'v', at), .. inside, .. Enumerable.Repeat((byte)'w', length - at)];
                foreach (string tail in (string[])["\"} 1\n", "\"} 1                                \n", "\"}"])
                {
                    byte[] text = [.. "x=\""u8, .. value, .. Encoding.UTF8.GetBytes(tail)];
                    slots.Clear();
                    int end = PlainLine.ReadLabels(text, 0, slots);

                    Assert.Equal(isTaken ? value.Length + 5 : -1, end);
                    Assert.Equal(isTaken ? [new LabelSlot(0, 1, 3, value.Length)] : [], slots.Slots.ToArray());
                }
            }
        }
    }
}
