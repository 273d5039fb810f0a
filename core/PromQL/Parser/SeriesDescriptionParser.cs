using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Reads series descriptions, such as <c>up{job="a"} 1 0 _x3 1+2x5 stale {{count:3}}</c>: what Prometheus's test
/// scripts and rule unit tests load and expect.
/// </summary>
public sealed class SeriesDescriptionParser
{
    // A description is a line of a test; more values than this are a slip of the pen.
    private const int MaxValues = 10_000_000;

    private readonly byte[] _input;
    private readonly HistogramDescriptionParser _histograms;
    private readonly SeriesScanner _scanner;

    private SeriesDescriptionParser(byte[] input, int start)
    {
        _input = input;
        _scanner = new SeriesScanner(input, start);
        _histograms = new HistogramDescriptionParser(_scanner);
    }

    /// <summary>The description, or the first error with its position.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out SeriesDescription? description,
        [NotNullWhen(false)] out ParseError? error)
    {
        byte[] input = Encoding.UTF8.GetBytes(text);
        MetricReader metric = new(input);
        description = null;
        if (metric.Read() is not { } labels)
        {
            error = metric.Error ?? TokenReader.ErrorAt(input, default, "no series description found in input");
            return false;
        }

        SeriesDescriptionParser parser = new(input, metric.End);
        List<SequenceValue> values = [];
        while (parser._scanner.Error is null && !parser._scanner.AtEnd)
        {
            parser.ReadItem(values);
        }

        error = parser._scanner.Error;
        if (error is not null)
        {
            return false;
        }

        description = new SeriesDescription(labels, values);
        return true;
    }

    private void ReadItem(List<SequenceValue> values)
    {
        if (!_scanner.SkipSpaces())
        {
            _scanner.FailUnexpected();
        }
        else if (_scanner.TryTake("{{"))
        {
            ReadHistograms(values);
        }
        else if (_scanner.TryTake("_"))
        {
            int times = _scanner.TryTake("x") ? ReadTimes() : 1;
            Append(values, times, _ => SequenceValue.Omitted);
        }
        else if (!_scanner.AtEnd)
        {
            ReadNumbers(values);
        }
    }

    private void ReadNumbers(List<SequenceValue> values)
    {
        if (_scanner.ReadValue() is not { } first)
        {
            return;
        }

        double step = 0;
        if (_scanner.Current is '+' or '-')
        {
            if (_scanner.ReadValue() is not { } signed)
            {
                return;
            }

            step = signed;
            if (_scanner.Current != 'x')
            {
                _scanner.FailUnexpected();
                return;
            }
        }

        if (!_scanner.TryTake("x"))
        {
            values.Add(SequenceValue.Of(first));
            return;
        }

        // One value more than said: the first stands at time 0. Sums run up, as Prometheus's do, rounding included.
        double value = first;
        Append(values, ReadTimes() + 1, index =>
        {
            value += index == 0 ? 0 : step;
            return SequenceValue.Of(index == 0 || step != 0 ? value : first);
        });
    }

    private void ReadHistograms(List<SequenceValue> values)
    {
        if (_histograms.Read(out bool hasHint) is not { } first)
        {
            return;
        }

        double factor = _scanner.Current == '-' ? -1 : 1;
        FloatHistogram? step = null;
        if (_scanner.Current is '+' or '-')
        {
            _scanner.Advance(1);
            if (!_scanner.TryTake("{{") || (step = _histograms.Read(out hasHint)) is null || _scanner.Current != 'x')
            {
                _scanner.FailUnexpected();
                return;
            }
        }

        if (!_scanner.TryTake("x"))
        {
            values.Add(new SequenceValue(0, false, first, hasHint));
            return;
        }

        FloatHistogram current = first;
        Append(values, ReadTimes() + 1, index =>
        {
            current = index == 0 || step is null ? current : Combine(current, step, factor);
            return new SequenceValue(0, false, current, hasHint);
        });
    }

    private FloatHistogram Combine(FloatHistogram left, FloatHistogram right, double factor)
    {
        if (left.Schema > right.Schema)
        {
            _scanner.Fail(_scanner.Position, string.Create(
                CultureInfo.InvariantCulture,
                $"error combining histograms: cannot merge from schema {right.Schema} to {left.Schema}"));
            return left;
        }

        HistogramAccumulator sum = new(compensated: false);
        sum.Load(left);
        if (!sum.Add(right, factor).HasFlag(HistogramCombination.Incompatible))
        {
            return sum.ToHistogram(compact: false);
        }

        _scanner.Fail(
            _scanner.Position,
            "error combining histograms: cannot combine a histogram of exponential buckets with one of custom buckets");
        return left;
    }

    private int ReadTimes()
    {
        int start = _scanner.Position;
        ReadOnlySpan<byte> digits = _input.AsSpan(start);
        int length = digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = length < 0 ? digits : digits[..length];
        _scanner.Advance(digits.Length);
        if (digits.IsEmpty)
        {
            _scanner.FailUnexpected();
            return 0;
        }

        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int times) || times > MaxValues)
        {
            _scanner.Fail(start, string.Create(
                CultureInfo.InvariantCulture,
                $"invalid repetition in series values: {Encoding.UTF8.GetString(digits)} is more than {MaxValues}"));
            return 0;
        }

        return times;
    }

    private void Append(List<SequenceValue> values, int count, Func<int, SequenceValue> valueAt)
    {
        if (values.Count + count > MaxValues)
        {
            _scanner.Fail(_scanner.Position, string.Create(
                CultureInfo.InvariantCulture, $"a series description may have {MaxValues} values at most"));
        }

        for (int index = 0; index < count && _scanner.Error is null; index++)
        {
            values.Add(valueAt(index));
        }
    }
}
