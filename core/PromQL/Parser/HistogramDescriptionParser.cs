using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Reads native histograms as <c>{{schema:1 count:3 buckets:[1 2] offset:-1}}</c>.</summary>
internal sealed class HistogramDescriptionParser(SeriesScanner scanner)
{
    // Prometheus's error texts show these keys with the numbers of its generated parser, which begin here.
    private const int FirstKeyNumber = 57370;

    private static readonly string[] s_keys =
    [
        "sum", "count", "schema", "offset", "n_offset", "buckets", "n_buckets", "z_bucket", "z_bucket_w",
        "custom_values", "counter_reset_hint",
    ];

    /// <summary>The histogram behind <c>{{</c>, up to and with <c>}}</c>; null after an error.</summary>
    public FloatHistogram? Read(out bool hasHint)
    {
        HistogramFields fields = new();
        hasHint = false;
        if (scanner.SkipSpaces())
        {
            if (!scanner.TryTake("}}"))
            {
                FailAtKey();
                return null;
            }
        }
        else if (!scanner.TryTake("}}") && !ReadFields(fields))
        {
            return null;
        }

        hasHint = fields.Hint is not null;
        return fields.Build();
    }

    private bool ReadFields(HistogramFields fields)
    {
        do
        {
            if (!ReadField(fields))
            {
                return false;
            }

            bool spaced = scanner.SkipSpaces();
            if (scanner.TryTake("}}"))
            {
                return true;
            }

            if (!spaced)
            {
                scanner.FailUnexpected();
            }
        }
        while (scanner.Error is null);
        return false;
    }

    private bool ReadField(HistogramFields fields)
    {
        int start = scanner.Position;
        string key = Encoding.ASCII.GetString(scanner.TakeWord()).ToLowerInvariant();
        if (Array.IndexOf(s_keys, key) < 0)
        {
            scanner.Fail(start, key.Length == 0
                ? "histogram description incomplete unexpected: " + Shown()
                : $"bad histogram descriptor found: {GoQuote.Quote(key)}");
        }
        else if (!scanner.TryTake(":"))
        {
            scanner.Fail(start, "missing `:` for histogram descriptor");
        }
        else if (!fields.Seen.Add(key))
        {
            scanner.Fail(start, $"duplicate key \"{key}\" in histogram");
        }
        else
        {
            ReadFieldValue(fields, key);
        }

        return scanner.Error is null;
    }

    private void ReadFieldValue(HistogramFields fields, string key)
    {
        switch (key)
        {
            case "schema":
                fields.Schema = ReadInteger();
                break;
            case "offset":
                fields.PositiveOffset = ReadInteger();
                break;
            case "n_offset":
                fields.NegativeOffset = ReadInteger();
                break;
            case "sum":
                fields.Sum = scanner.ReadValue() ?? 0;
                break;
            case "count":
                fields.Count = scanner.ReadValue() ?? 0;
                break;
            case "z_bucket":
                fields.ZeroCount = scanner.ReadValue() ?? 0;
                break;
            case "z_bucket_w":
                fields.ZeroThreshold = scanner.ReadNumber() ?? 0;
                break;
            case "buckets":
                fields.Positive = ReadList();
                break;
            case "n_buckets":
                fields.Negative = ReadList();
                break;
            case "custom_values":
                fields.CustomValues = ReadList();
                break;
            default:
                fields.Hint = ReadHint();
                break;
        }
    }

    private int ReadInteger()
    {
        double value = scanner.ReadValue() ?? 0;
        if (value != Math.Truncate(value) || Math.Abs(value) > int.MaxValue)
        {
            scanner.Fail(scanner.Position, string.Create(
                CultureInfo.InvariantCulture, $"{value} is no whole number of 32 bits"));
            return 0;
        }

        return (int)value;
    }

    private double[] ReadList()
    {
        List<double> values = [];
        if (!scanner.TryTake("["))
        {
            scanner.FailUnexpected();
        }

        while (scanner.Error is null && !scanner.TryTake("]"))
        {
            if (values.Count > 0 && !scanner.SkipSpaces())
            {
                scanner.FailUnexpected();
            }
            else if (scanner.Current != ']')
            {
                values.Add(scanner.ReadValue() ?? 0);
            }
        }

        return [.. values];
    }

    private CounterResetHint ReadHint()
    {
        int start = scanner.Position;
        string word = Encoding.ASCII.GetString(scanner.TakeWord());
        switch (word)
        {
            case "unknown":
                return CounterResetHint.Unknown;
            case "reset":
                return CounterResetHint.Reset;
            case "not_reset":
                return CounterResetHint.NotReset;
            case "gauge":
                return CounterResetHint.Gauge;
            default:
                scanner.Fail(start, $"bad histogram descriptor found: {GoQuote.Quote(word)}");
                return CounterResetHint.Unknown;
        }
    }

    // After {{ and a blank only }} may stand.
    private void FailAtKey()
    {
        int start = scanner.Position;
        string word = Encoding.ASCII.GetString(scanner.TakeWord());
        int key = Array.IndexOf(s_keys, word);
        if (key < 0)
        {
            scanner.FailUnexpected();
            return;
        }

        scanner.Fail(start, string.Create(
            CultureInfo.InvariantCulture, $"unexpected \"<Item {FirstKeyNumber + key}>\" \"{word}\" in series values"));
    }

    private string Shown() => scanner.Current < 0 ? "end of input" : GoQuote.Quote(new Rune((char)scanner.Current));
}
