using System.Buffers.Text;

namespace AmpEdge.Hosting;

/// <summary>Where the parts of an HTTP/1 message end (RFC 9112), whoever sent it. A line may end in a bare line feed (2.2).</summary>
public static class HttpFraming
{
    /// <summary>Fifteen digits are more than any body has; sixteen could be a negative number.</summary>
    private const int MaxSizeDigits = 15;

    /// <summary>Where the body begins: behind the empty line; -1 while that has not come.</summary>
    /// <param name="bytes">From the start of the first line.</param>
    /// <param name="searched">How many of them were there at the last call.</param>
    public static int EndOfHead(ReadOnlySpan<byte> bytes, int searched)
    {
        // The empty line may have been cut in two behind its carriage return.
        int at = Math.Max(0, searched - 2);
        while (true)
        {
            int newline = bytes[at..].IndexOf((byte)'\n');
            if (newline < 0)
            {
                return -1;
            }

            at += newline + 1;
            ReadOnlySpan<byte> rest = bytes[at..];
            if (rest.StartsWith("\n"u8) || rest.StartsWith("\r\n"u8))
            {
                return at + (rest[0] == '\n' ? 1 : 2);
            }
        }
    }

    /// <summary>The next line without its end; empty at the empty line and behind the last.</summary>
    public static ReadOnlySpan<byte> NextLine(scoped ref ReadOnlySpan<byte> rest)
    {
        int newline = rest.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = newline < 0 ? rest : rest[..newline];
        rest = newline < 0 ? [] : rest[(newline + 1)..];
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    /// <summary>Reads the line in front of a chunk: its size, with or without extensions (7.1). False when it has none.</summary>
    public static bool TryReadChunkSize(ReadOnlySpan<byte> line, out long size)
    {
        if (!Utf8Parser.TryParse(line, out size, out int digits, 'x') || digits > MaxSizeDigits)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[digits..].Trim(" \t\r\n"u8);
        return rest.IsEmpty || rest[0] == ';';
    }
}
