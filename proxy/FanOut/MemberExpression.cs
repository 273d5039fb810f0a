using AmpEdge.PromQL;

namespace AmpEdge.Proxy.FanOut;

/// <summary>Writes a part of a query as one member is asked it.</summary>
internal sealed class MemberExpression : ExpressionRewriter
{
    private readonly WorkspaceLabel _label;
    private readonly string _member;
    private bool _selectsAnything;

    private MemberExpression(WorkspaceLabel label, string member)
    {
        _label = label;
        _member = member;
    }

    /// <summary>The text for a member; null when none of its series is selected.</summary>
    public static string? TextFor(Expr part, WorkspaceLabel label, string member)
    {
        MemberExpression rewriter = new(label, member);
        Expr rewritten = rewriter.Rewrite(part);
        return rewriter._selectsAnything ? rewritten.ToString() : null;
    }

    public override Expr Rewrite(Expr expr)
    {
        switch (expr)
        {
            case VectorSelector selector:
                return RewriteRanged(selector);
            case AggregateExpr aggregate:
                Expr? parameter = aggregate.Parameter is { } given ? Rewrite(given) : null;
                return aggregate.With(Rewrite(aggregate.Inner), parameter, NamesOf(aggregate.Grouping));
            case BinaryExpr { Matching: { } matching } binary:
                VectorMatching atMember = matching with
                {
                    Labels = NamesOf(matching.Labels),
                    Include = NamesOf(matching.Include),
                };
                return binary.With(Rewrite(binary.Left), Rewrite(binary.Right), atMember);
            default:
                return RewriteChildren(expr);
        }
    }

    protected override VectorSelector RewriteRanged(VectorSelector selector)
    {
        if (selector.IsLabelSelector)
        {
            return selector;
        }

        if (!MemberSelection.Selects(selector.Matchers, _label, _member))
        {
            return new VectorSelector { Name = "", Matchers = MemberSelection.Nothing }.With(
                MemberSelection.Nothing, selector.Time);
        }

        _selectsAnything = true;
        return selector.With(MemberSelection.AtMember(selector.Matchers, _label), selector.Time);
    }

    private List<string> NamesOf(IReadOnlyList<string> names)
    {
        List<string> atMember = [];
        foreach (string name in names)
        {
            if (name != _label.Name)
            {
                atMember.Add(_label.AtMember(name));
            }
        }

        return atMember;
    }
}
