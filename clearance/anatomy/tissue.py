"""Tissue and pathology types, onset and severity.

Tissue: IOC consensus 2020, Bahr R et al., BJSM 2020;54:372-389, table 5. Severity: the wording of the generic qualifier
of the WHO's ICF (0 none to 4 complete).
"""

from django.db.models import IntegerChoices, TextChoices


class Tissue(TextChoices):
    MUSCLE = "muscle", "Muscle strain or tear"
    MUSCLE_CONTUSION = "muscle_contusion", "Muscle bruise"
    COMPARTMENT = "compartment", "Compartment syndrome"
    TENDINOPATHY = "tendinopathy", "Tendon problem or partial tear"
    TENDON_RUPTURE = "tendon_rupture", "Tendon rupture, complete"
    SPINAL_CORD = "spinal_cord", "Brain or spinal cord"
    NERVE = "nerve", "Nerve"
    FRACTURE = "fracture", "Fracture"
    BONE_STRESS = "bone_stress", "Bone stress injury"
    BONE_CONTUSION = "bone_contusion", "Bone bruise"
    NECROSIS = "necrosis", "Loss of blood supply to bone"
    PHYSIS = "physis", "Growth plate"
    CARTILAGE = "cartilage", "Cartilage, meniscus, labrum or disc"
    ARTHRITIS = "arthritis", "Arthritis"
    SYNOVITIS = "synovitis", "Joint lining, capsule or impingement"
    BURSITIS = "bursitis", "Bursa"
    SPRAIN = "sprain", "Ligament sprain or tear"
    INSTABILITY = "instability", "Chronic instability of ligaments"
    SKIN = "skin", "Skin or superficial bruise"
    VESSEL = "vessel", "Blood vessel"
    STUMP = "stump", "Stump"
    ORGAN = "organ", "Internal organ"
    UNSPECIFIED = "unspecified", "Not known yet"


class Onset(TextChoices):
    ACUTE_SUDDEN = "acute_sudden", "Sudden, from one event"
    REPETITIVE_SUDDEN = "repetitive_sudden", "Sudden, after overuse"
    REPETITIVE_GRADUAL = "repetitive_gradual", "Gradual"
    MIXED = "mixed", "Mixed or not known"


class Severity(IntegerChoices):
    NONE = 0, "none: noticed, hinders nothing"
    MILD = 1, "mild: hinders a little"
    MODERATE = 2, "moderate: hinders daily life now and then"
    SEVERE = 3, "severe: hinders much of daily life"
    COMPLETE = 4, "complete: cannot be used"
