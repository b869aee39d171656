"""The brief as a PDF file: the same record as the screen, one side of A4 or Letter."""

from uuid import UUID

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts.session import staff_reader
from portal.audit.acts import Act
from portal.db import PatientId
from portal.diary.regions import REGIONS
from portal.review import paper, queries
from portal.review.blueprint import bp
from portal.review.brief_views import opened_brief
from portal.web.guard import Audience, audience


@bp.get("/clinic/patients/<uuid:patient_id>/brief.pdf")
@audience(Audience.PRACTITIONER)
def brief_pdf(patient_id: UUID) -> ResponseReturnValue:
    """Show the brief as a tagged PDF; where none can be made, say how to print instead.

    The paper is the one of the clinic's region, or what `paper` asks for: a4 or letter.
    """
    person, patient = staff_reader(), PatientId(patient_id)
    if not paper.is_possible():
        queries.episode_to_act_on(db.session(), person, patient)
        back = url_for("review.brief", patient_id=patient_id)
        return render_template("review/no_pdf.html", back=back), 404
    found = opened_brief(person, patient, Act.BRIEF_PRINTED)
    html = render_template(
        "review/brief_pdf.html",
        brief=paper.for_paper(found),
        regions=REGIONS,
        paper=request.args.get("paper", ""),
        created=clock.now().isoformat(timespec="seconds"),
    )
    on = clock.today(queries.zone_of_clinic(db.session(), person))
    answer = Response(paper.pdf_of(html), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="brief-{on}.pdf"'
    return answer
