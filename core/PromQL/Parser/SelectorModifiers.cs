using System.Globalization;

namespace AmpEdge.PromQL;

/// <summary>
/// Puts <c>offset</c>, <c>@</c>, <c>anchored</c> and <c>smoothed</c> on the selector or subquery that they follow, or
/// reports why they cannot stand there.
/// </summary>
internal sealed class SelectorModifiers(TokenReader tokens, ParserOptions options)
{
    private const string RangeNeedsSelector = "ranges only allowed for vector selectors";
    private const string SelectorExpected =
        " modifier must be preceded by an instant vector selector or range vector selector or a subquery";

    public void SetOffset(Expr target, long offsetMs, DurationExpr? offsetExpr)
    {
        if (!TryGetTime(target, "offset", out TimeModifiers time))
        {
            return;
        }

        if (time.OffsetMs != 0 || time.OffsetExpr is not null)
        {
            tokens.AddError(target.Position, "offset may not be set multiple times");
        }
        else
        {
            time = time with { OffsetMs = offsetExpr is null ? offsetMs : 0, OffsetExpr = offsetExpr };
        }

        SetTime(target, time);
    }

    public void SetTimestamp(Expr target, double seconds)
    {
        bool inRange = seconds < long.MaxValue && seconds > long.MinValue;
        if (!inRange)
        {
            string shown = double.IsFinite(seconds)
                ? seconds.ToString("F6", CultureInfo.InvariantCulture)
                : NumberFormat.Plain(seconds);
            tokens.AddError(target.Position, $"timestamp out of bounds for @ modifier: {shown}");
        }

        if (TryGetFreeTime(target, out TimeModifiers time))
        {
            double milliseconds = Math.Round(seconds * 1000, MidpointRounding.AwayFromZero);
            SetTime(target, time with { TimestampMs = inRange ? (long)milliseconds : 0 });
        }
    }

    public void SetAnchor(Expr target, TimeAnchor anchor)
    {
        if (TryGetFreeTime(target, out TimeModifiers time))
        {
            SetTime(target, time with { Anchor = anchor });
        }
    }

    public void SetExtension(Expr target, bool anchored)
    {
        string word = anchored ? "anchored" : "smoothed";
        VectorSelector? selector = target as VectorSelector ?? (target as MatrixSelector)?.Selector;
        if (!options.ExtendedRangeSelectors)
        {
            tokens.AddError(target.Position, $"{word} modifier is experimental and not enabled");
        }
        else if (selector is not null)
        {
            selector.Anchored |= anchored;
            selector.Smoothed |= !anchored;
            if (selector.Anchored && selector.Smoothed)
            {
                tokens.AddError(target.Position, "anchored and smoothed modifiers cannot be used together");
            }
        }
        else if (target is not BrokenRange)
        {
            tokens.AddError(target.Position, target is SubqueryExpr
                ? $"{word} modifier is not supported for subqueries"
                : $"{word} modifier not implemented");
        }
    }

    private bool TryGetFreeTime(Expr target, out TimeModifiers time)
    {
        if (!TryGetTime(target, "@", out time))
        {
            return false;
        }

        if (time.IsPinned)
        {
            tokens.AddError(target.Position, "@ <timestamp> may not be set multiple times");
            return false;
        }

        return true;
    }

    private bool TryGetTime(Expr target, string modifier, out TimeModifiers time)
    {
        switch (target)
        {
            case VectorSelector selector:
                time = selector.Time;
                return true;
            case MatrixSelector matrix:
                time = matrix.Selector.Time;
                return true;
            case SubqueryExpr subquery:
                time = subquery.Time;
                return true;
            default:
                time = default;
                tokens.AddError(
                    target.Position, target is BrokenRange ? RangeNeedsSelector : modifier + SelectorExpected);
                return false;
        }
    }

    private void SetTime(Expr target, TimeModifiers time)
    {
        switch (target)
        {
            case VectorSelector selector:
                selector.Time = time;
                selector.PositionInQuery = selector.PositionInQuery with { End = tokens.ClosingBefore };
                break;
            case MatrixSelector matrix:
                matrix.Selector.Time = time;
                matrix.EndPosition = tokens.ClosingBefore;
                break;
            case SubqueryExpr subquery:
                subquery.Time = time;
                subquery.EndPosition = tokens.ClosingBefore;
                break;
            default:
                throw new ArgumentException($"{target.GetType().Name} has no time modifiers", nameof(target));
        }
    }
}
