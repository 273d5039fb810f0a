using System.Text;
using AmpEdge.Tests.Support;

namespace AmpEdge.Agent.Tests.Scrape.Plain;

/// <summary>The bytes of an answer as they go out, and whether the connection ends behind them.</summary>
internal sealed record RawAnswer(IReadOnlyList<byte[]> Pieces, bool Closes)
{
    /// <summary>In one piece; characters stand for bytes.</summary>
    public static RawAnswer Of(string text, bool closes = false) => new([Encoding.Latin1.GetBytes(text)], closes);

    /// <summary>Cut anywhere.</summary>
    public static RawAnswer Cut(byte[] bytes, Gen gen, bool closes)
    {
        List<byte[]> pieces = [];
        for (int at = 0; at < bytes.Length;)
        {
            int length = Math.Min(bytes.Length - at, gen.OneIn(3) ? gen.Int(1, 4) : gen.Int(1, 5000));
            pieces.Add(bytes[at..(at + length)]);
            at += length;
        }

        return new RawAnswer(pieces, closes);
    }
}
