using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.QueryApi;

/// <summary>
/// Reads the parameters of one call; the first that cannot be read stays in <see cref="Error"/>, and what is read
/// after it means nothing. Error texts are Prometheus's.
/// </summary>
public sealed class ParameterReader(RequestParameters parameters)
{
    private readonly RequestParameters _parameters = parameters;

    /// <summary>The first problem; null while all is well.</summary>
    public ApiError? Error { get; private set; }

    /// <summary>A time that has to be there.</summary>
    public long Time(string name)
    {
        if (!TimeParameter.TryParse(_parameters.Get(name), out long timestampMs, out string problem))
        {
            Refuse(name, problem);
        }

        return timestampMs;
    }

    /// <summary>A time that may be left out.</summary>
    public long Time(string name, long defaultMs)
    {
        string text = _parameters.Get(name);
        if (text.Length == 0)
        {
            return defaultMs;
        }

        if (!TimeParameter.TryParse(text, out long timestampMs, out string problem))
        {
            Refuse(name, $"invalid time value for '{name}': {problem}");
        }

        return timestampMs;
    }

    /// <summary>A duration in milliseconds: seconds as a number, or with a unit.</summary>
    public long DurationMs(string name)
    {
        string text = _parameters.Get(name);
        if (!DurationParameter.TryParse(text, out long durationMs, out string problem))
        {
            Refuse(name, problem);
        }

        return durationMs;
    }

    /// <summary>Null when the parameter is left out; a negative time is over at once.</summary>
    public TimeSpan? Timeout() => _parameters.Get("timeout").Length == 0
        ? null
        : TimeSpan.FromMilliseconds(Math.Max(0, DurationMs("timeout")));

    /// <summary>The lookback's problem has words of its own.</summary>
    public TimeSpan? Lookback()
    {
        string text = _parameters.Get("lookback_delta");
        if (text.Length == 0)
        {
            return null;
        }

        if (!DurationParameter.TryParse(text, out long durationMs, out string problem))
        {
            Error ??= ApiError.BadData($"error parsing lookback delta duration: {problem}");
        }

        return TimeSpan.FromMilliseconds(durationMs);
    }

    /// <summary>A threshold of AMP's for the samples that a query looks at; null when it is left out.</summary>
    public long? Threshold(string name)
    {
        string text = _parameters.Get(name);
        if (text.Length == 0)
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long threshold) || threshold == 0)
        {
            Refuse(name, $"{LabelsFormatter.Quote(TimeParameter.Clip(text))} is not a positive number of samples");
        }

        return threshold;
    }

    /// <summary>The largest number of results; 0 for all.</summary>
    public int Limit()
    {
        string text = _parameters.Get("limit");
        if (text.Length == 0)
        {
            return 0;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int limit))
        {
            Refuse("limit", $"strconv.Atoi: parsing {LabelsFormatter.Quote(TimeParameter.Clip(text))}: invalid syntax");
        }
        else if (limit < 0)
        {
            Refuse("limit", "limit must be non-negative");
        }

        return limit;
    }

    private void Refuse(string name, string problem) => Error ??= ApiError.InvalidParameter(name, problem);
}
