using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>
/// How characters are spelled for the regex engine, in which a unit is a <see cref="char"/>. Usually as UTF-16. For
/// expressions with <c>\b</c>, which is ASCII in RE2 and Unicode in .NET, every character that is not ASCII is spelled as two
/// units of the private use area, none of which .NET takes for part of a word.
/// </summary>
internal sealed class RuneCoding
{
    private const int FirstPrivateLead = 0xE000;
    private const int FirstPrivateTrail = 0xE800;

    private readonly int _firstLead;
    private readonly int _firstTrail;
    private readonly int _trailBits;

    private RuneCoding(int firstPair, int firstLead, int firstTrail, int trailBits)
    {
        FirstPair = firstPair;
        _firstLead = firstLead;
        _firstTrail = firstTrail;
        _trailBits = trailBits;
    }

    public static RuneCoding Utf16 { get; } = new(0x10000, 0xD800, 0xDC00, 10);

    public static RuneCoding AsciiWords { get; } = new(0x80, FirstPrivateLead, FirstPrivateTrail, 11);

    /// <summary>The first character that is spelled as two units, as all that follow.</summary>
    public int FirstPair { get; }

    public char FirstLead => (char)_firstLead;

    public char LastLead => LeadOf(RuneSet.MaxRune);

    public char FirstTrail => (char)_firstTrail;

    public char LastTrail => (char)(_firstTrail + TrailMask);

    private int TrailMask => (1 << _trailBits) - 1;

    /// <summary>UTF-16 takes no bits of the first plane into the lead unit.</summary>
    private int Base => this == Utf16 ? FirstPair : 0;

    public char LeadOf(int rune) => (char)(_firstLead + ((rune - Base) >> _trailBits));

    public char TrailOf(int rune) => (char)(_firstTrail + ((rune - Base) & TrailMask));

    /// <summary>The last character with the same lead unit.</summary>
    public int LastOfLead(int rune) => Base + (((rune - Base) | TrailMask));

    /// <summary>A text in this spelling.</summary>
    public string Encode(string text)
    {
        if (this == Utf16 || Ascii.IsValid(text))
        {
            return text;
        }

        StringBuilder encoded = new(text.Length * 2);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value < FirstPair)
            {
                encoded.Append((char)rune.Value);
            }
            else
            {
                encoded.Append(LeadOf(rune.Value)).Append(TrailOf(rune.Value));
            }
        }

        return encoded.ToString();
    }

    /// <summary>What was spelled so, as text again; parts of it too, as long as they hold whole characters.</summary>
    public string Decode(string encoded)
    {
        if (this == Utf16 || Ascii.IsValid(encoded))
        {
            return encoded;
        }

        StringBuilder text = new(encoded.Length);
        for (int index = 0; index < encoded.Length; index++)
        {
            char unit = encoded[index];
            if (unit < FirstPair)
            {
                text.Append(unit);
            }
            else if (++index < encoded.Length)
            {
                text.Append(new Rune(((unit - _firstLead) << _trailBits) | (encoded[index] - _firstTrail)).ToString());
            }
        }

        return text.ToString();
    }
}
